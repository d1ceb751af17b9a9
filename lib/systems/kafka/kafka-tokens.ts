/** Asks for an admin client that is connected for the change: `@Client(KAFKA_ADMIN) admin: Admin`. */
export const KAFKA_ADMIN = 'kafka-admin';

/** Asks for a producer that is connected for the change: `@Client(KAFKA_PRODUCER) producer: Producer`. */
export const KAFKA_PRODUCER = 'kafka-producer';
