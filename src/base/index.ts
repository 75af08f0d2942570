export { type FolderFile, type FolderKind, writeFileAtomically, writeFolderAtomically } from './atomic-write.ts';
export { canonicalJson } from './canonical-json.ts';
export { UserError } from './user-error.ts';
