export { allEnded } from './all-ended.ts';
export { type ChildProgram, childProgram } from './child-program.ts';
export { canonicalJson } from './canonical-json.ts';
export { definedOnly } from './defined-only.ts';
export { enumeration } from './enumeration.ts';
export { fileError, isRefusal, withFile } from './file-error.ts';
export { groupBy } from './group-by.ts';
export { GrowingFile } from './growing-file.ts';
export { packageFile } from './package-file.ts';
export { packageVersion } from './package-version.ts';
export { availableProcessors, processorQuota } from './processors.ts';
export {
  checkDocument,
  checkJson,
  checkYaml,
  type DocumentKind,
  readJson,
  readJsonIfAny,
  readText,
  readYaml,
} from './read-document.ts';
export {
  type ErrorCode,
  type Place,
  placeText,
  UserError,
  type UserErrorParts,
} from './user-error.ts';
export { appendToFile, makeFolder, writeFileAtomically } from './write-file.ts';
export type { StagedFile, StagedFolder } from './staged-folder.ts';
export { buildFolderAtomically, type FolderFile, type FolderKind, writeFolderAtomically } from './write-folder.ts';
