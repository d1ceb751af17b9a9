import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import type { RecipeCase } from 'nestjs-flamingock/testing';
import { accessBlockState, bucketState, encryptionState, versioningState } from './bucket-state.js';
import { bucketsOf, type S3Place } from './s3-location.js';

type Cases = Record<string, RecipeCase>;

const create = (location: S3Place, Bucket: string) =>
  location.client.send(new CreateBucketCommand({ Bucket }));

export function bucketCases(location: S3Place): Cases {
  const [made, gone, on, off] = ['made', 'gone', 'on', 'off'].map(location.bucket) as [
    string,
    string,
    string,
    string,
  ];
  const { client } = location;
  return {
    'ensure bucket': {
      operation: (clients) => bucketsOf(clients).ensureBucket(made),
      state: () => bucketState(client, made),
    },
    'delete bucket': {
      prepare: () => create(location, gone),
      operation: (clients) => bucketsOf(clients).deleteBucket(gone, { allowDelete: true }),
      state: () => bucketState(client, gone),
      irreversible: /the configuration of bucket '.*' goes with it/,
    },
    'enable versioning': {
      prepare: () => create(location, on),
      operation: (clients) => bucketsOf(clients).setVersioning(on, 'Enabled'),
      state: () => versioningState(client, on),
    },
    'suspend versioning': {
      prepare: async () => {
        await create(location, off);
        const VersioningConfiguration = { Status: 'Enabled' } as const;
        await client.send(new PutBucketVersioningCommand({ Bucket: off, VersioningConfiguration }));
      },
      operation: (clients) => bucketsOf(clients).setVersioning(off, 'Suspended'),
      state: () => versioningState(client, off),
    },
  };
}

export function encryptionCases(location: S3Place): Cases {
  const [none, some] = ['no-encryption', 'encryption'].map(location.bucket) as [string, string];
  const { client } = location;
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'key-1' } as const;
  const Rules = [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true }];
  return {
    'set encryption where there is none': {
      prepare: () => create(location, none),
      operation: (clients) => bucketsOf(clients).setEncryption(none, { algorithm: 'AES256' }),
      state: () => encryptionState(client, none),
    },
    'set another encryption': {
      prepare: async () => {
        await create(location, some);
        const ServerSideEncryptionConfiguration = { Rules };
        await client.send(
          new PutBucketEncryptionCommand({ Bucket: some, ServerSideEncryptionConfiguration }),
        );
      },
      operation: (clients) =>
        bucketsOf(clients).setEncryption(some, { algorithm: 'aws:kms', kmsKeyId: 'key-2' }),
      state: () => encryptionState(client, some),
    },
  };
}

export function accessBlockCases(location: S3Place): Cases {
  const [none, some] = ['no-block', 'block'].map(location.bucket) as [string, string];
  const { client } = location;
  return {
    'set public access block where there is none': {
      prepare: () => create(location, none),
      operation: (clients) => bucketsOf(clients).setPublicAccessBlock(none, { BlockPublicAcls: true }),
      state: () => accessBlockState(client, none),
    },
    'set one switch of a public access block': {
      prepare: async () => {
        await create(location, some);
        const PublicAccessBlockConfiguration = { BlockPublicAcls: true, IgnorePublicAcls: false };
        await client.send(new PutPublicAccessBlockCommand({ Bucket: some, PublicAccessBlockConfiguration }));
      },
      operation: (clients) => bucketsOf(clients).setPublicAccessBlock(some, { RestrictPublicBuckets: true }),
      state: () => accessBlockState(client, some),
    },
  };
}
