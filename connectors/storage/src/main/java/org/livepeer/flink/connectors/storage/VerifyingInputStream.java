package org.livepeer.flink.connectors.storage;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.StoreReference;

/**
 * Hashes what is read and compares at the end; a stream that ends early, goes on too long or has
 * another hash fails with a {@link StoreException} instead of ending.
 */
final class VerifyingInputStream extends FilterInputStream {
    private final StoreReference reference;
    private final MessageDigest digest = Sha256.digest();
    private long count;
    private boolean verified;

    VerifyingInputStream(InputStream in, StoreReference reference) {
        super(in);
        this.reference = reference;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = super.read(buffer, offset, length);
        if (n > 0) {
            digest.update(buffer, offset, n);
            count += n;
            if (count > reference.getLength()) {
                throw wrongLength();
            }
        } else if (n < 0 && !verified) {
            verify();
        }
        return n;
    }

    @Override
    public long skip(long n) throws IOException {
        return readNBytes((int) Math.min(n, 1 << 16)).length;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void verify() throws StoreException {
        if (count != reference.getLength()) {
            throw wrongLength();
        }
        if (!ByteBuffer.wrap(digest.digest()).equals(reference.getHash())) {
            throw new StoreException(
                    Reason.HashMismatch,
                    "the stored object's SHA-256 is not the one in its reference");
        }
        verified = true;
    }

    private StoreException wrongLength() {
        return new StoreException(
                Reason.InvalidReference,
                "the stored object is not of the length in its reference, "
                        + reference.getLength()
                        + " bytes");
    }
}
