import couchbase from 'couchbase';

/**
 * Connects by an address of the tests, `couchbase://user:password@host:port/bucket`: the SDK takes no credentials in it.
 * @param {string} address
 */
export async function connectCouchbase(address) {
  const { protocol, username, password, host, pathname } = new URL(address);
  const cluster = await couchbase.connect(`${protocol}//${host}`, {
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
  });
  return { cluster, collection: cluster.bucket(pathname.slice(1)).defaultCollection() };
}
