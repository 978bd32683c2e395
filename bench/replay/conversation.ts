import { SHAPE_NAMES, type ShapeName } from './shapes';

/** Conversation ids say which shape is asked for and by which item, so that the replay server needs no state. */
const ITEMS_PER_SHAPE = 100_000;

export const conversationIdOf = (shape: ShapeName, item: number): string =>
	String((SHAPE_NAMES.indexOf(shape) + 1) * ITEMS_PER_SHAPE + item);

export const conversationIds = (shape: ShapeName, items: number): string[] =>
	Array.from({ length: items }, (_, item) => conversationIdOf(shape, item));

/** Undefined for an id that none of the shapes made. */
export const shapeOf = (conversationId: string): ShapeName | undefined =>
	SHAPE_NAMES[Math.floor(Number(conversationId) / ITEMS_PER_SHAPE) - 1];
