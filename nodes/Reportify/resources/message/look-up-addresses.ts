import type { INodeProperties } from 'n8n-workflow';
import type { OperationCall } from '../../../shared/n8n/operation';
import type { ToolSources } from '../../../shared/n8n/source-list';
import { booleanOption } from '../../../shared/parameters/values';
import { withAddresses } from '../../document-addresses';
import { toolDocuments } from '../../tool-documents';

/** Tools of Reportify's agents return documents without their addresses. */
export const lookUpAddressesOption: INodeProperties = {
	displayName: 'Look Up Addresses',
	name: 'lookUpAddresses',
	type: 'boolean',
	default: false,
	description:
		'Whether to ask Reportify for the address, the institution and the author of each document that a tool returned. Only where Sources are the output or one of the Answer Formats; one more request for each document, at most 100.',
};

/** The documents that tools returned; read beforehand, so that a value which is neither on nor off is found. */
export function toolSourcesOf(call: OperationCall): ToolSources {
	const isOn = booleanOption(
		call.context.getNodeParameter('options.lookUpAddresses', false),
		'Look Up Addresses',
		false,
	);
	return async (steps) => {
		const documents = toolDocuments(steps);
		return isOn ? await withAddresses(call, documents) : documents;
	};
}
