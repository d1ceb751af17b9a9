import { ConsoleLogger } from '@nestjs/common';

/** Nest's own account of modules and routes would bury what this sample is about. */
const BORING = ['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory'];

/** Nest's logger, without the lines that every Nest app begins with. */
export class QuietLogger extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (!BORING.includes(String(rest.at(-1)))) super.log(message, ...rest);
  }
}
