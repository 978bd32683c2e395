import { PROPERTIES } from './properties';
import { fc } from './seed';

jest.setTimeout(60_000);

test.each(PROPERTIES.map(({ name, property }) => [name, property] as const))('%s', (_name, property) => {
	fc.assert(property as fc.IProperty<unknown>, { numRuns: 400 });
});
