package org.livepeer.flink.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.livepeer.flink.jobs.cli.Commands.Said;

/** What is wrong with a command line or with what it needs is said in one line. */
class UsageIT {
    @TempDir Path folder;

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "livepeer {0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    -orchestrator -frobnicate | Unknown option: '-frobnicate' | 2
                    -gateway | -gateway is a go-livepeer flag that this version does not support | 2
                    --orchestrator --recordStore=x | -recordStore is a go-livepeer flag that this | 2
                    --orchestrator --ethUrl=http://x | -ethController and -ethPassword go with -network | 1
                    -v 4 | name one or more roles: -orchestrator, -transcoder, -edge | 2
                    -transcoder | needs -kafka HOST:PORT | 1
                    -edge | needs -kafka HOST:PORT | 1
                    -transcoder -orchAddr h:1 | -orchAddr needs -orchSecret | 1
                    -transcoder -orchAddr h:x -orchSecret s | -orchAddr h:x must be HOST:PORT | 1
                    -transcoder -orchCert c -kafka h:1 | -orchCert goes with -orchAddr | 1
                    -transcoder -orchAddr h -orchSecret s -orchCert /no | there is no file /no | 1
                    -transcoder -orchAddr h -orchSecret / | -orchSecret names a directory | 1
                    -transcoder -orchAddr h -orchSecret s -maxSessions 0 | must be 1 or more | 1
                    -orchestrator -orchAddr h:1 -orchSecret s | with -transcoder alone | 1
                    -transcoder -orchAddr h:1 -orchSecret s -kafka h:1 | with -transcoder alone | 1
                    -orchestrator -network mainnet | -network mainnet is none of offchain, arbitrum-one-mainnet | 1
                    -orchestrator -network devnet | -network devnet needs -ethUrl URL, -ethPassword FILE and -ethController | 1
                    -orchestrator -pricePerUnit -1 | -pricePerUnit -1 must be 0 or more | 1
                    -orchestrator -pricePerUnit 1US$ | -pricePerUnit 1US$ must be 0 or more | 1
                    -orchestrator -pricePerUnit 1USD | Error converting price: PriceFeedWatcher is not initialized; give -priceFeedAddr | 1
                    -orchestrator -pricePerUnit 10eth | price cannot be converted to int64 | 1
                    -orchestrator -priceFeedAddr 0x12 | -priceFeedAddr goes with a -network | 1
                    -orchestrator -pricePerGateway /no/such | -pricePerGateway is neither a file nor JSON | 1
                    -orchestrator -pricePerGateway [] | -pricePerGateway: it is no JSON object | 1
                    -orchestrator -pricePerGateway {"gateways":[{"ethaddress":"0x1","priceperunit":1,"pixelsperunit":1}]} | ethaddress '0x1' must be 0x | 1
                    -orchestrator -pricePerCapability {"capabilities":[{"capability":"AV1","priceperunit":1,"pixelsperunit":1}]} | capability 'AV1' is none of video | 1
                    -orchestrator -pricePerCapability {"capabilities":[{"capability":"16","priceperunit":"1","pixelsperunit":1}]} | priceperunit must be a number | 1
                    -orchestrator -pricePerCapability {"capabilities":[{"capability":"16","priceperunit":-1,"pixelsperunit":1}]} | a price must be 0 or more | 1
                    -orchestrator -pricePerCapability {"capabilities":[{"capability":"16","priceperunit":1,"pixelsperunit":0}]} | pixelsperunit must be above 0 | 1
                    price -kafka 127.0.0.1:1 | cannot read the cluster secret | 1
                    -orchestrator -pixelsPerUnit 0 | -pixelsPerUnit 0 must be above 0 | 1
                    -orchestrator -maxSessions many | 'many' is not an int | 2
                    -orchestrator -serviceAddr here | -serviceAddr here must be HOST:PORT | 1
                    -orchestrator -serviceAddr a:70000 | -serviceAddr a:70000 must be HOST:PORT | 1
                    -orchestrator -cliAddr 192.0.2.1:1 | the admin port binds to loopback only | 1
                    -orchestrator -transcoderSecret s | -transcoderSecret needs -serviceAddr | 1
                    -orchestrator -serviceAddr a:1 -transcoderSecret / | names a directory | 1
                    -orchestrator -objectStore s3://k:s@r/b | -objectStore needs -serviceAddr | 1
                    -orchestrator -serviceAddr a:1 -objectStore gs://b?keyfile=f | -objectStore gs:// is no store that is supported: give s3:// | 1
                    -orchestrator -serviceAddr a:1 -objectStore / | names a directory | 1
                    -orchestrator -serviceAddr a:1 -authWebhookUrl x | must be a URL of http | 1
                    -orchestrator -config /no/such | cannot read -config /no/such | 2
                    -orchestrator -flink here -kafka h:1 | -flink here must be a URL | 1
                    -edge -kafka here | kafka 'here' must be HOST:PORT | 1
                    frobnicate | Unmatched argument at index 0: 'frobnicate' | 2
                    credit --wei 5 | name the account: --manifest or --sender | 2
                    credit --manifest a --wei -5 | '-5' must be 0 or more | 2
                    credit --manifest a --wei five | five | 2
                    credit --manifest a | say one of --wei, --limit, --bind, --price | 2
                    credit --sender 0x12 --wei 5 | '0x12' is no address | 2
                    chain frobnicate | there is no action frobnicate, only [ | 2
                    chain bond amount=5 | to | 2
                    chain fundDeposit amount=0.5wei | '0.5wei' is not a whole number | 2
                    chain fundDeposit amount=five | 'five' is no amount | 2
                    chain fundDeposit amount=1eth | name the account that settles | 2
                    chain fundDeposit amount=3lpt | '3lpt' must be ether: eth, gwei or wei | 2
                    chain bond amount=1eth | '1eth' must be LPT: give digits or a number with lpt | 2
                    chain fundDeposit amount | 'amount' must be NAME=VALUE | 2
                    chain bond amount=5 amount=6 | amount is given twice | 2
                    chain reward --wait 0 | --wait 0 must be 1 or more seconds | 2
                    chain reward -ethAcctAddr 0x12 | '0x12' is no address | 2
                    chain rounds | say where a node of the chain answers: -ethUrl URL | 2
                    chain rounds -network devnet -ethUrl http://127.0.0.1:1 | -ethController 0xADDRESS | 2
                    chain rounds -network offchain | -network offchain is no chain to look at | 2
                    chain rounds -ethUrl http://127.0.0.1:1 | no endpoint of [127.0.0.1] gave an answer | 1
                    chain rounds -ethUrl ftp://x | -ethUrl must be http:// or https:// | 2
                    chain rounds -ethUrl http://x -ethController 0x12 | -ethController 0x12 must be 0x and 40 hex | 2
                    chain rounds --rounds 0 -ethUrl http://x | --rounds 0 must be 1 to 100 | 2
                    chain rounds -ethAcctAddr me -ethUrl http://x | -ethAcctAddr me must be 0x and 40 hex digits | 2
                    chain parameters -ethUrl /no/such | -ethUrl must be http:// or https:// addresses, or a file | 2
                    chain orchestrators 5 | Unmatched argument at index | 2
                    chain delegator -ethUrl http://x | name an account: livepeer chain delegator 0xADDRESS | 2
                    chain delegator 0x12 -ethUrl http://x | 0x12 must be 0x and 40 hex digits | 2
                    chain sign | MESSAGE | 2
                    chain sign hello | -ethPassword FILE | 2
                    chain sign hello -ethPassword /no/such | the passphrase file /no/such cannot be read | 2
                    tickets --state WON | --state WON is none of QUEUED, SIGNED, SENT, MINED, | 2
                    tickets --sender 0x12 | '0x12' is no address | 2
                    tickets --retry 0x12 --skip 0x12 | say one of --inspect, --retry, --skip | 2
                    tickets --retry 0x12 | name the account that settles | 2
                    tickets -kafka 127.0.0.1:1 | cannot read the cluster secret | 1
                    submit -flink http://127.0.0.1:1 | name the cluster and the broker | 1
                    upgrade -kafka 127.0.0.1:1 | name the cluster and the broker | 1
                    push | FILE | 2
                    push /no/such/file --manifest a -kafka 127.0.0.1:1 | no Kafka broker answers | 1
                    """)
    void oneLineSaysWhatIsWrong(String line, String problem, int exitCode) {
        String[] given = (line + " -dataDir " + folder).split(" ");

        Said said =
                Commands.run(
                        line.startsWith("frob") || line.equals("push") ? line.split(" ") : given);

        assertThat(said.err()).startsWith("livepeer: ").contains(problem);
        assertThat(said.err().lines()).hasSize(1);
        assertThat(said.exitCode()).isEqualTo(exitCode);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    -orchestrator -objectstore s3://AKEY:SHH@r/b | Unknown option
                    -orchestrator s3://AKEY:SHH@r/b | ://...@r/b
                    -orchestrator -serviceAddr a:1 -objectStore s3://AKEY:SHH@r | -objectStore has no BUCKET
                    -orchestrator -serviceAddr a:1 -objectStore s4://AKEY:SHH@r/b | s4:// is no store
                    """)
    void whatIsWrongWithAUrlIsSaidWithoutItsSecret(String line, String problem) {
        Said said = Commands.run((line + " -dataDir " + folder).split(" "));

        assertThat(said.err()).startsWith("livepeer: ").contains(problem);
        assertThat(said.err() + said.out()).doesNotContain("AKEY", "SHH");
        assertThat(said.exitCode()).isPositive();
    }

    @Execution(ExecutionMode.CONCURRENT)
    @Test
    void aNodesFileServesTheOtherCommandsToo() throws IOException {
        Path file = folder.resolve("node.conf");
        Files.writeString(file, "pricePerUnit 3\nkafka 127.0.0.1:1\n");

        Said said = Commands.run("ledger", "-config", "" + file, "-dataDir", "" + folder);

        assertThat(said.err()).contains("no Kafka broker answers at 127.0.0.1:1");
    }

    @Execution(ExecutionMode.CONCURRENT)
    @Test
    void aBrokerThatIsNotThereIsNamed() {
        Said said = Commands.run("ledger", "-kafka", "127.0.0.1:1", "-dataDir", folder.toString());

        assertThat(said.err())
                .isEqualTo(
                        "livepeer: no Kafka broker answers at 127.0.0.1:1: start one, or give"
                                + " -kafka HOST:PORT\n");
        assertThat(said.exitCode()).isEqualTo(1);
    }

    @Test
    void aBusyPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Said said =
                    Commands.run(
                            "-orchestrator",
                            "-dataDir",
                            folder.toString(),
                            "-cliAddr",
                            "127.0.0.1:" + taken.getLocalPort());

            assertThat(said.err())
                    .startsWith("livepeer: ")
                    .contains(Integer.toString(taken.getLocalPort()))
                    .contains("-cliAddr");
            assertThat(said.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void helpAndVersionAreAnswered() {
        assertThat(Commands.run("--version").out()).startsWith("livepeer-flink ");
        assertThat(Commands.run("--help").out()).contains("quickstart", "credit", "ledger");
        assertThat(Commands.run().out()).contains("quickstart");
        assertThat(Commands.run("credit", "--help").out()).contains("--manifest", "--wei");
    }

    @ParameterizedTest
    @CsvSource({
        "rounds, --rounds",
        "parameters, -ethUrl",
        "orchestrators, --json",
        "delegator, 0xADDRESS",
        "sign, --typed"
    })
    void whatReadsTheChainSaysWhatItTakes(String command, String flag) {
        Said said = Commands.run("chain", command, "--help");

        assertThat(said.out()).contains(flag).doesNotContain("kafka");
        assertThat(said.exitCode()).isZero();
        assertThat(Commands.run("chain", "--help").out()).contains("  " + command + " ");
    }

    @Test
    void whatCanBeOrderedIsListedWithItsUnits() {
        assertThat(Commands.run("chain", "--help").out())
                .contains(
                        "  bond amount=LPT to=ADDRESS\n",
                        "  activate [amount=LPT] rewardCut=PARTS feeShare=PARTS serviceUri=SERVICE_URI\n",
                        "  fundDepositAndReserve deposit=ETH reserve=ETH\n",
                        "PARTS: parts of 1000000",
                        "ETH: wei, or ");
        assertThat(Commands.run("chain").out()).contains("  withdrawFees to=ADDRESS amount=ETH\n");
    }
}
