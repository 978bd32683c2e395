// The only file of this folder that imports third-party code: the build puts a library into every file that imports it.
export { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema';
export { LosslessNumber, parse } from 'lossless-json';
