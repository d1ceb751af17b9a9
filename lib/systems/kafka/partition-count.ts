import { TargetSystemError } from '../../core/errors.js';

/** @throws TargetSystemError when there would be fewer partitions than there are */
export function refuseToShrink(topic: string, from: number, to: number): void {
  if (to >= from) return;
  throw new TargetSystemError(
    `Topic '${topic}' has ${from} partitions, and ${to} were asked for: Kafka takes no partition away.`,
    {
      fix: [
        `ask for ${from} or more`,
        'or make a topic of another name with fewer partitions, and move readers and writers to it',
      ],
    },
  );
}
