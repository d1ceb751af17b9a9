import { CreateTableCommand, ExecuteStatementCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Cluster } from 'couchbase';
import mongoose, { type Connection } from 'mongoose';
import { CouchbaseAuditStore, CouchbaseTargetSystem } from 'nestjs-flamingock/couchbase';
import { DynamoDbAuditStore, DynamoDbTargetSystem, TransactionWriter } from 'nestjs-flamingock/dynamodb';
import { MongooseAuditStore, MongooseTargetSystem } from 'nestjs-flamingock/mongoose';
import { documentKeys } from '../../../lib/systems/couchbase/store/store-location.js';
import { createMongoDatabase } from '../../support/databases.js';
import { SECRET } from '../../unit/secret-shapes.js';
import { createCouchbaseLocation, durability } from '../couchbase/support/couchbase-location.js';
import { withTransactions } from '../couchbase/support/stand-in-transactions.js';
import { createDynamoLocation, tablesOf } from '../dynamodb/support/dynamo-location.js';
import type { Refused, SecretPlace } from './place.js';

const account = { apiToken: SECRET, tenant: 1, 'auth.apiKey': 1 };

/** What MongoDB, and Mongoose in front of it, refuse. */
const MONGODB: Readonly<Record<string, readonly [(connection: Connection) => unknown, RegExp]>> = {
  'a secret that is there already': [
    (connection) => connection.collection('accounts').insertOne({ apiToken: SECRET }),
    /E11000 duplicate key error .*dup key: \{ apiToken: "\*\*\*" \}/,
  ],
  'several documents': [
    (connection) => connection.collection('accounts').insertMany([{ apiToken: 'b' }, { apiToken: SECRET }]),
    /E11000/,
  ],
  'a key of several fields': [
    (connection) => connection.collection('logins').insertOne({ tenant: 1, auth: { apiKey: `a ${SECRET}` } }),
    /E11000 .*tenant: 1, auth\.apiKey: "\*\*\*"/,
  ],
  'a document that a rule forbids': [
    (connection) => connection.collection('ruled').insertOne({ apiToken: SECRET }),
    /Document failed validation/,
  ],
  'a filter that the server cannot read': [
    (connection) =>
      connection.collection('accounts').findOne({ $expr: { $eq: ['$apiToken', { $toInt: SECRET }] } }),
    /Failed to parse number '\*\*\*'/,
  ],
  'a value that Mongoose finds too long': [
    (connection) => connection.models['Login']?.create({ apiToken: SECRET }),
    /`apiToken` .*longer than the maximum allowed length/,
  ],
  'a value that Mongoose cannot cast': [
    (connection) => connection.models['Login']?.create({ secretKey: SECRET }),
    /to Number failed for value .* at path "secretKey"/,
  ],
  'a filter that Mongoose cannot cast': [
    (connection) => connection.models['Login']?.findOne({ secretKey: `it's ${SECRET}` }),
    /Cast to Number failed for value .* at path "secretKey"/,
  ],
  'a value that is none of those that Mongoose knows': [
    (connection) => connection.models['Login']?.create({ password: SECRET }),
    /is not a valid enum value for path `password`/,
  ],
};

export async function mongoLocation(): Promise<SecretPlace> {
  const { url, drop } = createMongoDatabase();
  const connection = await mongoose
    .createConnection(url, { autoIndex: false, autoCreate: false })
    .asPromise();
  connection.model(
    'Login',
    new mongoose.Schema({
      apiToken: { type: String, maxlength: 3 },
      secretKey: Number,
      password: { type: String, enum: ['a'] },
    }),
  );
  const [accounts, logins] = ['accounts', 'logins'].map((name) => connection.collection(name));
  await connection.createCollection('ruled', { validator: { apiToken: { $type: 'number' } } });
  await accounts?.createIndex({ apiToken: 1 }, { unique: true });
  await accounts?.insertOne({ apiToken: SECRET });
  await logins?.createIndex({ tenant: 1, 'auth.apiKey': 1 }, { unique: true });
  await logins?.insertOne({ tenant: 1, auth: { apiKey: `a ${SECRET}` } });
  const refused = Object.entries(MONGODB).map(([name, [work, told]]): [string, Refused] => [
    name,
    { token: 'Connection', told, work },
  ]);
  return {
    options: (namespace) => ({
      auditStore: new MongooseAuditStore(connection, { namespace }),
      targetSystems: [new MongooseTargetSystem('there', connection)],
    }),
    refused: Object.fromEntries(refused),
    stored: async () => {
      const names = (await connection.listCollections()).map(({ name }) => name);
      const own = names.filter((name) => name.startsWith('flamingock_'));
      return JSON.stringify(
        await Promise.all(own.map((name) => connection.collection(name).find().toArray())),
      );
    },
    drop: async () => {
      await connection.close();
      await drop();
    },
  };
}

function refusedByDynamo(TableName: string): SecretPlace['refused'] {
  const token = 'DynamoDBDocumentClient';
  const Item = { apiToken: SECRET, password: SECRET };
  return {
    'a secret that is there already': {
      token: TransactionWriter,
      hidden: true,
      told: /ConditionalCheckFailed|condition/i,
      work: (writer: TransactionWriter) =>
        writer.put({
          TableName,
          Item,
          ConditionExpression: 'attribute_not_exists(apiToken)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
    },
    'a key of another type': {
      token,
      transactional: false,
      hidden: true,
      told: /apiToken|key/,
      work: (client: DynamoDBDocumentClient) =>
        client.send(new UpdateCommand({ TableName, Key: { password: SECRET } })),
    },
    'an expression that is none': {
      token,
      transactional: false,
      told: /Syntax error/,
      work: (client: DynamoDBDocumentClient) =>
        client.send(
          new UpdateCommand({
            TableName,
            Key: { apiToken: SECRET },
            UpdateExpression: `SET password '${SECRET}'`,
          }),
        ),
    },
    'a statement of PartiQL': {
      token,
      transactional: false,
      told: /./,
      hidden: true,
      work: (client: DynamoDBDocumentClient) =>
        client.send(
          new ExecuteStatementCommand({
            Statement: `INSERT INTO "${TableName}" VALUE {'apiToken': '${SECRET}'} NO`,
          }),
        ),
    },
  };
}

export async function dynamoPlace(): Promise<SecretPlace> {
  const location = createDynamoLocation();
  const { auditTable, markerTable, effectTable } = tablesOf(location);
  const client = location.client();
  await client.send(
    new CreateTableCommand({
      TableName: effectTable,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'apiToken', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'apiToken', KeyType: 'HASH' }],
    }),
  );
  await client.send(new PutCommand({ TableName: effectTable, Item: { apiToken: SECRET, password: SECRET } }));
  return {
    options: (namespace) => ({
      auditStore: new DynamoDbAuditStore(client, { namespace, auditTable }),
      targetSystems: [new DynamoDbTargetSystem('there', client, { markerTable })],
    }),
    refused: refusedByDynamo(effectTable),
    stored: async () => JSON.stringify((await client.send(new ScanCommand({ TableName: auditTable }))).Items),
    drop: location.drop,
  };
}

function refusedByCouchbase(key: string, bucket: string): SecretPlace['refused'] {
  const collectionOf = (cluster: Cluster) => cluster.bucket(bucket).defaultCollection();
  return {
    'a document that is there already': {
      token: Cluster,
      transactional: false,
      hidden: true,
      told: /document exists/,
      work: (cluster: Cluster) => collectionOf(cluster).insert(key, account),
    },
    'a statement that nobody answers': {
      token: Cluster,
      transactional: false,
      told: /./,
      work: (cluster: Cluster) =>
        cluster.query(`INSERT INTO default (KEY, VALUE) VALUES ("k", {"apiToken": "${SECRET}"})`, {
          parameters: { $password: SECRET },
          timeout: 300,
        }),
    },
  };
}

export async function couchbasePlace(): Promise<SecretPlace> {
  const { connect, keyPrefix } = createCouchbaseLocation();
  const connected = await connect();
  const { collection, bucket } = connected;
  const cluster = withTransactions(connected.cluster);
  const key = `${keyPrefix}:account`;
  await collection.upsert(key, account);
  const kept: string[] = [];
  return {
    options: (namespace) => {
      kept.push(namespace);
      return {
        auditStore: new CouchbaseAuditStore(cluster, { bucket, keyPrefix, durability, namespace }),
        targetSystems: [new CouchbaseTargetSystem('there', cluster, { bucket, keyPrefix, durability })],
      };
    },
    refused: refusedByCouchbase(key, bucket),
    stored: async () => {
      const keys = kept
        .map((namespace) => documentKeys(keyPrefix, namespace))
        .flatMap(({ head, entry, latest }) => [head, ...[1, 2, 3].map(entry), latest(1)]);
      const found = await Promise.allSettled(keys.map((each) => collection.get(each)));
      return JSON.stringify(found);
    },
    drop: () => connected.close(),
  };
}
