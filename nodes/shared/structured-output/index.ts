export {
	jsonItems,
	readOutputFormat,
	structuredAnswer,
	type FormatParameters,
	type OutputFormat,
	type StructuredAnswer,
} from './output-format';
