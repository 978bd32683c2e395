import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

/**
 * What the HTTP Request and Code nodes of n8n-nodes-base 2.41.2 do with a streamed answer, for machines on which n8n is
 * not installed (`npm run n8n` installs it). Their forms, their pagination and their error handling are left out, and so
 * is the task runner's own process: the code runs here, on items that went through JSON as they do on their way there and
 * back.
 */

/** @param parameter the only one that is not left at its default */
const bareDescription = (name: string, parameter: string) => ({
	displayName: name,
	name,
	group: ['transform' as const],
	version: [2, 4.5],
	description: '',
	defaults: { name },
	inputs: ['main' as const],
	outputs: ['main' as const],
	properties: [{ displayName: parameter, name: parameter, type: 'string' as const, default: '' }],
});

interface LegacyResponse {
	body: Buffer;
	headers: Record<string, string>;
}

export const httpRequestByHand: INodeType = {
	description: bareDescription('httpRequest', 'jsonBody'),
	async execute(this: IExecuteFunctions) {
		const requests = this.getInputData().map(async ({ json }, item): Promise<INodeExecutionData> => {
			const { helpers } = this;
			// Deprecated, and what the HTTP Request node uses.
			const response = (await helpers.request({
				method: 'POST',
				uri: String(json.url),
				headers: { authorization: 'Bearer bench', accept: 'application/json,text/html,*/*;q=0.7' },
				body: JSON.parse(this.getNodeParameter('jsonBody', item) as string) as IDataObject,
				gzip: true,
				followRedirect: true,
				followAllRedirects: true,
				resolveWithFullResponse: true,
				timeout: 300_000,
				encoding: null,
				json: false,
				useStream: true,
			})) as LegacyResponse;
			return { json: { data: await decoded(this, response) }, pairedItem: { item } };
		});
		return [await Promise.all(requests)];
	},
};

/** n8n hands them to iconv-lite, which knows more encodings than Node. */
const CHINESE_ENCODINGS = ['gb18030', 'gbk', 'gb2312'] as string[] as BufferEncoding[];

/** `binaryToStringWithEncodingDetection` of HttpRequest/V3/utils/buffer-decoding.js, for a body without a charset. */
async function decoded({ helpers }: IExecuteFunctions, { body }: LegacyResponse): Promise<string> {
	const bytes = await helpers.binaryToBuffer(body);
	const text = await helpers.binaryToString(bytes);
	if (!text.includes('\ufffd') && !/[\x80-\xff]{3,}/.test(text)) return text;
	const detected = helpers.detectBinaryEncoding(bytes).toLowerCase() as BufferEncoding;
	if (detected && detected !== 'utf-8') return await helpers.binaryToString(bytes, detected);
	for (const encoding of CHINESE_ENCODINGS) {
		const other = await helpers.binaryToString(bytes, encoding);
		if (!other.includes('\ufffd') && other.length > 0) return other;
	}
	return text;
}

const throughJson = (items: INodeExecutionData[]) => JSON.parse(JSON.stringify(items)) as INodeExecutionData[];

export const codeByHand: INodeType = {
	description: bareDescription('code', 'jsCode'),
	async execute(this: IExecuteFunctions) {
		const items = throughJson(this.getInputData());
		const code = new Function('$input', this.getNodeParameter('jsCode', 0) as string) as (input: {
			all(): INodeExecutionData[];
		}) => INodeExecutionData[];
		return [throughJson(code({ all: () => items }))];
	},
};
