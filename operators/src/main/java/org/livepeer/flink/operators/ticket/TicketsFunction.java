package org.livepeer.flink.operators.ticket;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Recipient.Checked;
import org.livepeer.flink.operators.ticket.Recipient.FatalException;
import org.livepeer.flink.operators.ticket.SessionTickets.Received;
import org.livepeer.flink.schemas.CheckedPayment;
import org.livepeer.flink.schemas.CheckedTicket;
import org.livepeer.flink.schemas.LedgerInput;
import org.livepeer.flink.schemas.NonceSet;
import org.livepeer.flink.schemas.TicketCredit;
import org.livepeer.flink.schemas.TicketPayment;
import org.livepeer.flink.schemas.WinningTicket;

/**
 * Takes each ticket once. Keyed by the auth token's session: a rand is bound to it, so no other key
 * can ever see the same nonce.
 *
 * <p>A verdict depends on the payment and on this state only. Payments carry the L1 block that
 * their edge knew; one that lags far behind what the session has seen counts as being at most
 * {@value #LAG_BLOCKS} blocks behind, so that nonces of parameters that have expired for it can be
 * forgotten for good.
 */
public final class TicketsFunction
        extends KeyedProcessFunction<String, CheckedPayment, LedgerInput> {
    private static final long serialVersionUID = 1L;

    static final long LAG_BLOCKS = 64;

    /** Longer than any token's session is used, with every outage of the chain that edges bear. */
    private static final Duration KEPT = Duration.ofHours(48);

    /** Nonces by recipientRandHash in hex; forgotten when their parameters are too old. */
    public static final MapStateDescriptor<String, NonceSet> NONCES =
            withTtl(
                    new MapStateDescriptor<>(
                            "nonces", Types.STRING, new AvroTypeInfo<>(NonceSet.class)));

    /** Newest L1 block that a payment of the session named. */
    public static final ValueStateDescriptor<Long> NEWEST_BLOCK =
            withTtl(new ValueStateDescriptor<>("newest-block", Types.LONG));

    private final Claim claim;
    private transient MapState<String, NonceSet> nonces;
    private transient ValueState<Long> newestBlock;

    @SuppressWarnings("NullAway.Init")
    public TicketsFunction(Claim claim) {
        this.claim = claim;
    }

    private static <D extends StateDescriptor<?, ?>> D withTtl(D descriptor) {
        descriptor.enableTimeToLive(
                StateTtlConfig.newBuilder(KEPT)
                        .setUpdateType(StateTtlConfig.UpdateType.OnCreateAndWrite)
                        .setStateVisibility(StateTtlConfig.StateVisibility.NeverReturnExpired)
                        .build());
        return descriptor;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        nonces = getRuntimeContext().getMapState(NONCES);
        newestBlock = getRuntimeContext().getState(NEWEST_BLOCK);
        claim.await();
    }

    @Override
    public void processElement(CheckedPayment checked, Context context, Collector<LedgerInput> out)
            throws Exception {
        TicketPayment payment = checked.getPayment();
        TicketCredit credit =
                TicketCredit.newBuilder()
                        .setPayment(payment)
                        .setCredit(Fraction.ZERO.toRational())
                        .setTaken(0)
                        .setTickets(checked.getTickets().size())
                        .setWins(0)
                        .setFault(checked.getFault())
                        .build();
        if (!checked.getTickets().isEmpty()) {
            receive(checked, credit, context);
        }
        out.collect(new LedgerInput(payment.getAccount(), checked.getAppendedAtMs(), credit));
    }

    private void receive(CheckedPayment checked, TicketCredit credit, Context context)
            throws Exception {
        TicketPayment payment = checked.getPayment();
        WirePayment wire;
        try {
            wire = WirePayment.read(PaymentCheck.parse(payment), Standing.UNASKED);
        } catch (FatalException e) {
            throw new IllegalStateException("a payment that was checked cannot be read", e);
        }
        TicketParams params = wire.params();
        if (params == null) {
            throw new IllegalStateException("tickets without parameters were checked");
        }
        long l1Block = blockOf(payment.getL1Block());
        String rand = HexFormat.of().formatHex(params.recipientRandHash());
        NonceSet known = nonces.get(rand);
        SeenNonces seen = known == null ? new SeenNonces() : new SeenNonces(ints(known));
        int before = seen.size();
        List<Checked> tickets = new ArrayList<>(checked.getTickets().size());
        for (CheckedTicket each : checked.getTickets()) {
            tickets.add(
                    new Checked(
                            params.ticket(wire.sender(), each.getNonce()),
                            Bytes.of(each.getSignature()),
                            each.getIsSigned(),
                            each.getWins()));
        }
        Received received =
                SessionTickets.receive(
                        tickets, seen, params.expirationBlock(), BigInteger.valueOf(l1Block));
        if (seen.size() != before) {
            nonces.put(rand, new NonceSet(Bytes.of(params.expirationBlock()), list(seen)));
        }
        credit.setCredit(received.credit().toRational());
        credit.setTaken(received.taken());
        credit.setWins(received.wins().size());
        credit.setFaceValue(params.faceValue().toString());
        if (received.error() != null) {
            credit.setFault(received.error());
        }
        for (Checked win : received.wins()) {
            context.output(Tags.WINS, win(win, params, payment));
        }
    }

    /** The block that counts for a payment; also forgets what has expired for every other one. */
    private long blockOf(long named) throws Exception {
        Long newest = newestBlock.value();
        long before = newest == null ? Long.MIN_VALUE : newest;
        if (named > before) {
            newestBlock.update(named);
            forgetBefore(named - LAG_BLOCKS);
            return named;
        }
        return Math.max(named, before - LAG_BLOCKS);
    }

    private void forgetBefore(long block) throws Exception {
        BigInteger oldest = BigInteger.valueOf(block);
        Iterator<Map.Entry<String, NonceSet>> all = nonces.iterator();
        while (all.hasNext()) {
            if (Bytes.number(all.next().getValue().getExpirationBlock()).compareTo(oldest) <= 0) {
                all.remove();
            }
        }
    }

    private static WinningTicket win(Checked win, TicketParams params, TicketPayment payment) {
        Ticket ticket = win.ticket();
        return WinningTicket.newBuilder()
                .setTicketHash(ByteBuffer.wrap(ticket.hash()))
                .setSender(ByteBuffer.wrap(ticket.sender().bytes()))
                .setRecipient(ByteBuffer.wrap(ticket.recipient().bytes()))
                .setFaceValue(Bytes.of(ticket.faceValue()))
                .setWinProb(Bytes.of(ticket.winProb()))
                .setSenderNonce(ticket.senderNonce())
                .setRecipientRandHash(ByteBuffer.wrap(ticket.recipientRandHash()))
                .setCreationRound(ticket.creationRound())
                .setCreationRoundBlockHash(ByteBuffer.wrap(ticket.creationRoundBlockHash()))
                .setSignature(ByteBuffer.wrap(win.signature()))
                .setSessionId(payment.getSessionId())
                .setSeed(Bytes.of(params.seed()))
                .setExpirationBlock(Bytes.of(params.expirationBlock()))
                .setPrice(params.price().toRational())
                .setArrivedAtMs(payment.getArrivedAtMs())
                .build();
    }

    private static int[] ints(NonceSet set) {
        return set.getNonces().stream().mapToInt(Integer::intValue).toArray();
    }

    private static List<Integer> list(SeenNonces seen) {
        int[] state = seen.toArray();
        List<Integer> list = new ArrayList<>(state.length);
        for (int each : state) {
            list.add(each);
        }
        return list;
    }
}
