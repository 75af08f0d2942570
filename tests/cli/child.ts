import { launcherChain } from '../../src/cli/launcher.ts';

console.log(launcherChain().length);
