/** A call that is about to be sent. */
export interface S3Call {
  /** The SDK's name of the command: `PutObjectCommand`. */
  readonly command: string;
  readonly input: unknown;
}

// CreateSession is what the SDK itself asks for before it reads from a directory bucket.
const READS = /^(Get|Head|List|CreateSession)/;

/** True for what changes nothing. Unknown commands are taken for writes. */
export function isRead({ command }: S3Call): boolean {
  return READS.test(command);
}

/** The call and what it is about, for people: `PutObject 'assets/logo.svg'`. No values, which may be secret. */
export function describeCall({ command, input }: S3Call): string {
  const name = command.replace(/Command$/, '');
  const place = [member(input, 'Bucket'), member(input, 'Key')].filter((part) => typeof part === 'string');
  return place.length ? `${name} '${place.join('/')}'` : name;
}

/** The bucket that a call is about, where it is about one. */
export function bucketOf({ input }: S3Call): string | undefined {
  const bucket = member(input, 'Bucket');
  return typeof bucket === 'string' ? bucket : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
