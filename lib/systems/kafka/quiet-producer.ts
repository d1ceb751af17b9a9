import { Partitioners, type Kafka, type Producer, type ProducerConfig } from 'kafkajs';

/** A producer of the user's `Kafka`. Its partitioner is named, or else kafkajs warns the user of a choice that is ours. */
export function quietProducer(kafka: Kafka, config: ProducerConfig): Producer {
  return kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, ...config });
}
