/**
 * Where media lives that is too large for a record. In: bytes, up to 300 MB an object. Out: a
 * {@link org.livepeer.flink.schemas.StoreReference} with a random name, the length and the SHA-256.
 * A reference is the only way in: no path or URL of a client is ever followed.
 */
@NullMarked
package org.livepeer.flink.connectors.storage;

import org.jspecify.annotations.NullMarked;
