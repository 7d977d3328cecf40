/**
 * JSON-RPC of an Ethereum node: in, questions, one or many; out, answers as JSON or as headers and
 * logs. Kept: which of several endpoints answered last.
 */
@NullMarked
package org.livepeer.flink.connectors.ethereum.rpc;

import org.jspecify.annotations.NullMarked;
