export { MIXED } from './infer.ts';
export { type ConstantInfo, type ConstantRole, describeConstants } from './roles.ts';
export { constantInfos, nodeUnits } from './step-time.ts';
export { parseUnit, type Unit, unitText } from './unit.ts';
