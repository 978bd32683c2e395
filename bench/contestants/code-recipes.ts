/**
 * What people write into n8n's Code node behind an HTTP Request node that has fetched the whole stream as text. The
 * answer is the content of the documents in `workflow_end.output`, or else what a single agent has said
 * (docs/apis/reportify.md §3e).
 */

/** The usual recipe: split at line feeds. */
export const USUAL_SPLIT = `
return $input.all().map((item) => {
	let said = '';
	let result = '';
	for (const line of item.json.data.split('\\n')) {
		if (!line.startsWith('data: ')) continue;
		const event = JSON.parse(line.slice(6));
		if (event.event_type === 'streaming') said += event.content;
		if (event.event_type === 'workflow_end') result = Object.values(event.output).map((document) => document.content).join('\\n\\n');
	}
	return { json: { answer: result || said } };
});`;

/** A correct one: all three line ends, several data lines, an optional space, comments, an unfinished last event. */
export const CORRECT_PARSER = `
return $input.all().map((item) => {
	const pieces = [];
	let result = '';
	let data = [];
	const text = item.json.data.replace(/^\\uFEFF/, '');
	const lines = text.split(/\\r\\n|\\n|\\r/);
	for (const line of lines) {
		if (line === '') {
			if (data.length > 0) {
				const payload = data.join('\\n');
				data = [];
				if (payload.trim() === '' || payload.trim() === '[DONE]') continue;
				const event = JSON.parse(payload);
				if (event.event_type === 'streaming') pieces.push(event.content);
				if (event.event_type === 'workflow_end') {
					const documents = Object.values(event.output ?? {});
					result = documents.map(({ content }) => content).filter(Boolean).join('\\n\\n');
				}
			}
			continue;
		}
		const colon = line.indexOf(':');
		if (colon === 0) continue;
		const field = colon < 0 ? line : line.slice(0, colon);
		let value = colon < 0 ? '' : line.slice(colon + 1);
		if (value.startsWith(' ')) value = value.slice(1);
		if (field === 'data') data.push(value);
	}
	return { json: { answer: result || pieces.join('') } };
});`;
