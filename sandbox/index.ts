export { startSandbox, Sandbox, type ProviderAddress, type SandboxOptions, type WaitOptions } from './sandbox';
export type { Fault, FaultInput, FaultKind } from './faults';
export type { ProviderName } from './provider';
export type { Outcome, RequestQuery, SandboxRequest } from './request-log';
export type { SandboxSettings, SettingsPatch } from './settings';
export type { Script, ScriptChoice, ScriptMaker, Step } from './scripts/script';
export { longText } from './scripts/library';
export { REPORT_FILE, REPORT_TEXT } from './scripts/report';
