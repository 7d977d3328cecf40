package org.livepeer.flink.operators.ticket;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.admit.SignedRecordFunction;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.schemas.CheckedPayment;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.TicketPayment;

/**
 * Admit of payments: looks at every ticket's signature, rand and win. Stateless and parallel,
 * because it is where the processor's time goes; nothing is dropped, what is wrong goes on as a
 * fault with go-livepeer's text.
 */
public final class PaymentFunction extends SignedRecordFunction<TicketPayment, CheckedPayment> {
    private static final long serialVersionUID = 1L;

    private final SecretSource secret;
    private transient @Nullable PaymentCheck check;

    public PaymentFunction(SecretSource secret) {
        super(TicketPayment.class, "payments", secret);
        this.secret = secret;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        super.open(context);
        check = new PaymentCheck(Recipient.secret(secret.secret()), Curves.best());
    }

    @Override
    protected void accept(
            TicketPayment payment, Coordinates origin, Collector<CheckedPayment> out) {
        PaymentCheck rules =
                check == null
                        ? new PaymentCheck(Recipient.secret(secret.secret()), Curves.best())
                        : check;
        out.collect(rules.check(payment, origin.getTimestampMs()));
    }
}
