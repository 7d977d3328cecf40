/**
 * Keys of accounts: in, go-ethereum's keystore files and passphrase files, or the address of a
 * signer that holds the key; out, signatures of messages and transactions. A key or passphrase
 * stands in no log, record or command line.
 */
@NullMarked
package org.livepeer.flink.connectors.ethereum.keys;

import org.jspecify.annotations.NullMarked;
