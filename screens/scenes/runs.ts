import type { Scene } from './scene';

export const runs: Scene = async () => {};
