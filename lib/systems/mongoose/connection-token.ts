/** What `@nestjs/mongoose` registers its default connection under: `getConnectionToken()`. */
export const DEFAULT_CONNECTION = 'DatabaseConnection';
