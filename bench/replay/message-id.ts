/** The id of every answer: the `response_id` of its events, which are made beforehand and the same for all. */
export const MESSAGE_ID = '019b24ef238cc97730971a9a0080c99c';
