import { TargetSystemError } from '../../core/errors.js';
import { counted } from './counted.js';

/** @throws TargetSystemError when there would be fewer partitions than there are */
export function refuseToShrink(topic: string, from: number, to: number): void {
  if (to >= from) return;
  throw new TargetSystemError(
    `Topic '${topic}' has ${counted(from, 'partition')}, and ${to} were asked for: Kafka takes no partition away.`,
    {
      fix: [
        `ask for ${from} or more`,
        'or make a topic of another name with fewer partitions, and move readers and writers to it',
      ],
    },
  );
}
