/** What `docker/test` has started and mapped. */
export const mapped = {
  url: process.env.MESHLIFT_TEST_URL ?? 'http://localhost:8080',
  tlsUrl: process.env.MESHLIFT_TEST_TLS_URL ?? 'https://localhost',
  prometheus: process.env.MESHLIFT_TEST_PROMETHEUS ?? 'http://127.0.0.1:9090',
  /** The address that is announced. */
  address: process.env.MESHLIFT_TEST_MEDIA?.split(':')[0] ?? '',
  /** The region that the doors of a cluster are in, and none of its media nodes. */
  region: process.env.MESHLIFT_TEST_REGION ?? 'there',
  /** Announced address and mapped media port, such as `192.0.2.2:44400`. */
  media: process.env.MESHLIFT_TEST_MEDIA ?? '',
};
