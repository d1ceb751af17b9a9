export { FileSystemClient, type ReplaceOptions } from './file-system.client.js';
export { FileSystemTargetSystem, type FileSystemTargetSystemOptions } from './file-system.target-system.js';
