/**
 * Keys of accounts: in, go-ethereum's keystore files and passphrase files; out, signatures. A key
 * or passphrase stands in no log, record or command line.
 */
@NullMarked
package org.livepeer.flink.connectors.ethereum.keys;

import org.jspecify.annotations.NullMarked;
