import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import kafkajs from 'kafkajs';
import { findProgram, provide } from './binaries.mjs';
import { fetchJars, hasJars } from './maven.mjs';
import { createScratch } from './scratch.mjs';
import { freePort, startServer } from './server.mjs';

const run = promisify(execFile);

/** @type {import('./maven.mjs').Jars} */
const JARS = {
  server: 'Kafka',
  group: 'org.apache.kafka',
  artifact: 'kafka_2.13',
  version: '4.4.0',
  folder: 'kafka-4.4.0',
};

/** @type {import('./binaries.mjs').Need} */
export const KAFKA = {
  server: 'Kafka',
  variable: 'KAFKA_BROKERS',
  packages: ['openjdk-17-jre-headless', 'maven'],
  isMet: async () => hasJars(JARS),
};

/** Who may use the listener that asks for a password. */
export const SASL_USER = { username: 'shop', password: 'shop-secret' };

const JAVA = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/**
 * Starts a broker of its own: one node, KRaft, with an authorizer that lets everybody do everything until an ACL says
 * otherwise, and a second listener that asks for a password.
 * @returns {Promise<import('./server.mjs').TestServer & { saslUrl: string }>}
 */
export async function startKafka() {
  await provide([KAFKA]);
  const libraries = await fetchJars(JARS);
  const dir = createScratch('kafka');
  const [port, controller, sasl] = [await freePort(), await freePort(), await freePort()];
  const properties = join(dir, 'server.properties');
  writeFileSync(properties, propertiesOf({ dir, port, controller, sasl }));
  const java = /** @type {string} */ (findProgram('java'));
  const args = [...JAVA, `-Djava.io.tmpdir=${dir}`, '-cp', join(libraries, '*')];
  const format = ['kafka.tools.StorageTool', 'format', '-t', '4L6g3nShT-eMCtK--X86sw', '-c', properties];
  await run(java, [...args, ...format]);
  const server = await startServer({
    name: 'Kafka',
    dir,
    port,
    url: `127.0.0.1:${port}`,
    command: java,
    args: [...args, 'kafka.Kafka', properties],
    stopSignal: 'SIGTERM',
    ping: pingKafka,
  });
  return Object.assign(server, { saslUrl: `127.0.0.1:${sasl}` });
}

/** @param {string} brokers a comma list */
export async function pingKafka(brokers) {
  const kafka = new kafkajs.Kafka({
    brokers: brokers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.describeCluster();
  } finally {
    await admin.disconnect();
  }
}

/** @param {{ dir: string, port: number, controller: number, sasl: number }} place */
function propertiesOf({ dir, port, controller, sasl }) {
  const { username, password } = SASL_USER;
  const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=PLAINTEXT://127.0.0.1:${port},SASL_PLAINTEXT://127.0.0.1:${sasl},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${port},SASL_PLAINTEXT://127.0.0.1:${sasl}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.sasl_plaintext.plain.sasl.jaas.config=${login} user_${username}="${password}";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
allow.everyone.if.no.acl.found=true
log.dirs=${join(dir, 'logs')}
num.partitions=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
controlled.shutdown.enable=false
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=300
log.cleaner.dedupe.buffer.size=2097152
num.network.threads=1
num.io.threads=2
background.threads=2
log.index.size.max.bytes=1048576
`;
}
