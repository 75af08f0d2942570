/** Names that a program's module must export. */
export const FUNCTION_NAME = 'predictStepTime';
export const CONSTANTS_NAME = 'constants';
