package org.livepeer.flink.operators.admit;

import org.apache.flink.util.Collector;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.LedgerInput;
import org.livepeer.flink.schemas.Receipt;

/** Lets verified receipts back in. */
public final class ReceiptFunction extends SignedRecordFunction<Receipt, LedgerInput> {
    private static final long serialVersionUID = 1L;

    public ReceiptFunction(SecretSource secret) {
        super(Receipt.class, "receipts", secret);
    }

    @Override
    protected void accept(Receipt receipt, Coordinates origin, Collector<LedgerInput> out) {
        out.collect(new LedgerInput(receipt.getAccount(), origin.getTimestampMs(), receipt));
    }
}
