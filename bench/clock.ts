/**
 * Milliseconds on the machine's monotonic clock. All processes of a machine share it, so times that were taken in
 * different processes can be subtracted.
 */
export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6;
