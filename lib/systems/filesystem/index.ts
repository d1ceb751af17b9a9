export { FileSystemClient, type ReplaceOptions } from './filesystem.client.js';
export { FileSystemTargetSystem, type FileSystemTargetSystemOptions } from './filesystem.target-system.js';
