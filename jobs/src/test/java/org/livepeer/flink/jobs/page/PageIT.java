package org.livepeer.flink.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.edge.EdgeOptions;
import org.livepeer.flink.connectors.edge.EdgeServer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.storage.StoreOptions;
import org.openqa.selenium.Keys;

/**
 * The page of a real edge on a real broker, in a real browser, on a phone and a desktop, light and
 * dark. Skipped where no Chromium is installed. The last test ends the job.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageIT {
    private static final String TOKEN = "0123456789abcdef0123";
    private static final String MARKUP = "<img src=x onerror=alert(1)>";

    @TempDir static Path folder;
    private static EmbeddedKafka broker;
    private static Deployment deployment;
    private static EdgeServer edge;
    private static Browser browser;

    @BeforeAll
    static void begin() throws Exception {
        String missing = Browser.missing().orElse("");
        assumeTrue(missing.isEmpty(), missing);
        broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        KafkaAddress address = address("");
        deployment = new Deployment(address);
        deployment.account();
        deployment.chain(MARKUP);
        events();
        deployment.flush();
        edge = edge("edge", EdgeOptions.of(address, folder.resolve("edge")));
        deployment.start();
        browser = new Browser();
    }

    /** A grant, a push that was decided twice because the job fell back, and its payment. */
    private static void events() {
        String account = "manifest:cam";
        deployment.event(
                account, 1, 1, "CreditGranted", "", -1, Map.of("amount", Deployment.BALANCE));
        deployment.event(account, 2, 1, "Reserved", "", 0, Map.of("needed", "99999999999999999"));
        deployment.event(account, 2, 2, "PriceFrozen", "", 0, Map.of("price", "160000049/40"));
        deployment.event(
                account,
                3,
                2,
                "Reserved",
                "",
                0,
                Map.of("needed", "9007199254740993", "balance", "123456789003450279646273827240"));
        deployment.event(
                account,
                4,
                2,
                "Charged",
                "",
                0,
                Map.of(
                        "fee", "9007199254740991",
                        "pixels", "11059200",
                        "balance", "123456789003450279646273827242",
                        "fees", "9007199254740991"));
        deployment.event(account, 5, 2, "Refused", MARKUP, 1, Map.of());
        deployment.event(
                "cell:main", 1, 1, "Assigned", "", 0, Map.of("load", "30000000", "workers", "1"));
        deployment.event("manifest:other", 1, 1, "CreditGranted", "", -1, Map.of("amount", "77"));
    }

    private static KafkaAddress address(String prefix) throws Exception {
        KafkaAddress address = new KafkaAddress(broker.bootstrapServers(), prefix);
        try (TopicAdmin admin = new TopicAdmin(address)) {
            admin.create(1, 1);
        }
        return address;
    }

    private static EdgeServer edge(String name, EdgeOptions options) throws IOException {
        EdgeServer made =
                new EdgeServer(
                        options.withBind(new InetSocketAddress("127.0.0.1", 0)),
                        new SharedDirectoryStore(StoreOptions.of(folder.resolve(name + "-store"))));
        made.start();
        return made;
    }

    @AfterAll
    static void end() {
        if (browser != null) {
            browser.close();
        }
        if (edge != null) {
            edge.close();
        }
        if (deployment != null) {
            deployment.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    @BeforeEach
    void desktop() {
        browser.size(1280, 800);
        browser.dark(false);
    }

    private static void open(String route) {
        browser.open("http://127.0.0.1:" + edge.port() + "/" + route);
    }

    private static void awaitHistory(int rows) {
        browser.await(
                rows + " rows of history", () -> browser.texts("#history tbody tr").size() == rows);
    }

    @Test
    @Order(1)
    void listsStreamsSessionsAndWorkersAndGoesOnWithThem() {
        open("");

        browser.awaitText("#health", "ready");
        browser.awaitText("#stream-list", "cam");
        browser.awaitText("#sessions", Deployment.WORKER);
        assertThat(browser.text("#sessions"))
                .contains("310 ms", "1\u2009204 ms", "4.0×", "123\u2009456\u2009789\u2009012");
        assertThat(browser.attributes("#sessions data", "value"))
                .containsExactly(Deployment.BALANCE);
        assertThat(browser.text("#workers"))
                .contains("cpu:2", "120 MP/s", "30 MP/s", "1 of 2", "ready");
        assertThat(browser.text("#cells")).contains("Running since", "Workers\n1");
        long before = deployment.segments();
        browser.await(
                "more segments in the table",
                () ->
                        Long.parseLong(browser.texts("#sessions td:nth-child(4)").get(0))
                                > before + 1);
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    @Order(2)
    void tellsWhatBecameOfTicketsThatPayToTheWei() {
        open("");

        browser.awaitText("#tickets", "redeemed");
        assertThat(browser.texts("#tickets tbody tr")).hasSize(3);
        assertThat(browser.texts("#tickets .chip")).containsExactly("given up", "sent", "redeemed");
        assertThat(browser.attributes("#tickets data", "value"))
                .containsExactly("77", "400000000000", "9007199254740993", "9007199254740993");
        assertThat(browser.text("#tickets")).contains(MARKUP, "4\u2009300");
        assertThat(browser.texts("#tickets img")).isEmpty();
        assertThat(browser.text("#tickets-chain")).contains("Round\n71", "Block\n4\u2009321");
        assertThat(browser.attributes("#tickets-sums data", "value"))
                .containsExactly("9007199254740993", "400000000000", "0", "77");
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    @Order(2)
    void playsTheStream() {
        open("#/stream/cam");

        browser.await(
                "a picture",
                () -> browser.number("return document.getElementById('video').videoWidth") > 0);
        double at = browser.number("return document.getElementById('video').currentTime");
        browser.await(
                "two more seconds",
                () ->
                        browser.number("return document.getElementById('video').currentTime")
                                > at + 2);
        assertThat(browser.texts("#levels [role=radio]")).hasSize(3);
        assertThat(browser.text("#facts")).contains("Behind live");
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    @Order(3)
    void tellsEveryDecisionAndPaymentOfAStreamToTheWei() {
        open("#/stream/cam");
        awaitHistory(6);

        // What the job took back is not there, nor what is of others, and no digit is lost
        assertThat(browser.attributes("#history data", "value"))
                .contains(
                        "9007199254740993",
                        "9007199254740991",
                        "123456789003450279646273827242",
                        "160000049/40",
                        Deployment.BALANCE)
                .doesNotContain("99999999999999999", "77");
        assertThat(browser.text("#history"))
                .contains(
                        "9\u2009007\u2009199\u2009254\u2009740\u2009993 wei",
                        "4\u2009000\u2009001 + 9/40 wei per pixel",
                        "cell:main #1",
                        "30\u2009000\u2009000 pixels/s");
        assertThat(browser.texts("#history .chip").get(0)).isIn("Assigned", "Refused");

        // What looks like markup is text
        assertThat(browser.text("#history")).contains(MARKUP);
        assertThat(browser.texts("#history img")).isEmpty();
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    @Order(4)
    void anAccountHasItsBalanceAndPaymentsAndFollowsThem() {
        open("#/account/manifest%3Acam");
        awaitHistory(5);
        assertThat(browser.text("#account-sums"))
                .contains("Balance\n123\u2009456\u2009789\u2009012\u2009345\u2009678");
        assertThat(browser.attributes("#account-sums data", "value"))
                .startsWith(Deployment.BALANCE)
                .contains("12");
        assertThat(browser.text("#account-facts")).contains("4\u2009000\u2009001 + 9/40 wei");

        // When it is paid again
        deployment.event("manifest:cam", 6, 2, "Charged", "", 2, Map.of("fee", "1"));

        // Then the line appears by itself; and an earlier moment can be asked for
        awaitHistory(6);
        assertThat(browser.texts("#history .chip").get(0)).isEqualTo("Charged");
        open("#/account/manifest%3Acam?before=1000");
        browser.awaitText("#history-state", "before this time");
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    @Order(5)
    void everythingIsReachedByKeys() {
        open("");
        browser.awaitText("#stream-list", "cam");
        browser.await(
                "playing", () -> !browser.find("#play").getDomProperty("disabled").equals("true"));

        // The first stop skips to the content
        browser.press(Keys.TAB);
        assertThat(focused()).contains("Skip to the content");
        browser.press(Keys.ENTER);
        assertThat(browser.run("return document.activeElement.id")).isEqualTo("main");

        // Then come the player's controls
        browser.press(Keys.TAB);
        browser.await("a running video", () -> paused().equals(false));
        browser.press(Keys.SPACE);
        browser.await("a paused video", () -> paused().equals(true));
        assertThat(browser.find("#play").getDomAttribute("aria-label")).isEqualTo("Play");
        browser.press(Keys.SPACE);
        browser.await("a running video", () -> paused().equals(false));
        browser.press(Keys.TAB, Keys.TAB, Keys.TAB);
        assertThat(focused()).contains("Auto");
        browser.press(Keys.ARROW_RIGHT);
        assertThat(focused()).isEqualTo("360p");
        assertThat(browser.attributes("#levels [aria-checked=true]", "aria-checked")).hasSize(1);

        // Then the streams, whose links lead to a page of their own
        browser.press(Keys.TAB);
        assertThat(focused()).contains("cam");
        assertThat(browser.run("return getComputedStyle(document.activeElement).outlineStyle"))
                .isEqualTo("solid");
        browser.press(Keys.ENTER);
        browser.await("the stream", () -> browser.text("h1").equals("cam"));
        assertThat(browser.run("return document.title")).asString().startsWith("cam");
        assertThat(browser.run("return document.activeElement.id")).isEqualTo("main");
        assertThat(browser.errors()).isEmpty();
    }

    private static String focused() {
        return String.valueOf(browser.run("return document.activeElement.innerText")).strip();
    }

    private static Object paused() {
        return browser.run("return document.getElementById('video').paused");
    }

    @Test
    @Order(6)
    void isRightOnAPhoneAndADesktopLightAndDark() throws Exception {
        for (String route : List.of("", "#/stream/cam", "#/account/manifest%3Acam")) {
            open(route);
            browser.awaitText("#sessions", Deployment.WORKER);
            browser.awaitText(
                    route.isEmpty() ? "#workers" : "#history", route.isEmpty() ? "cpu:2" : "Fee");
            if (!route.contains("account")) {
                browser.await("a picture", PageIT::plays);
            }
            for (boolean dark : List.of(false, true)) {
                for (int width : List.of(320, 390, 1280)) {
                    browser.size(width, width < 600 ? 844 : 800);
                    browser.dark(dark);
                    String where =
                            route.replaceAll("\\W+", "-") + width + (dark ? "-dark" : "-light");
                    browser.picture("page" + where);
                    browser.isAccessible(where);
                }
            }
            desktop();
        }
        assertThat(browser.errors()).isEmpty();
    }

    private static boolean plays() {
        return Boolean.TRUE.equals(browser.run("return document.getElementById('curtain').hidden"));
    }

    @Test
    @Order(7)
    void anEmptyDeploymentSaysWhatToDo() throws Exception {
        try (EdgeServer empty =
                edge("empty", EdgeOptions.of(address("empty-"), folder.resolve("empty")))) {
            browser.open("http://127.0.0.1:" + empty.port() + "/");

            browser.awaitText("#banner", "has not heard of the orchestrator job");
            browser.awaitText("#streams-empty", "livepeer push FILE");
            assertThat(browser.text("#sessions-empty")).contains("No session is open");
            assertThat(browser.text("#workers-empty")).contains("livepeer -transcoder");
            assertThat(browser.text("#job-part")).contains("never heard of");
            assertThat(browser.find("#tickets-part").isDisplayed()).isFalse();
            browser.isAccessible("empty");
            browser.picture("empty-light");
            browser.size(390, 844);
            browser.isAccessible("empty on a phone");
            browser.picture("empty-390-light");

            browser.open("http://127.0.0.1:" + empty.port() + "/#/stream/nowhere");
            browser.awaitText("#curtain", "no segments of nowhere");
            browser.awaitText("#history-state", "Nothing has been decided");
            assertThat(browser.errors()).isEmpty();
            browser.leave();
        }
    }

    @Test
    @Order(8)
    void moneyIsShownForTheTokenOnly() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        EdgeOptions options =
                EdgeOptions.of(address(""), folder.resolve("guarded")).withTokenFile(token);
        try (EdgeServer guarded = edge("guarded", options)) {
            browser.open("http://127.0.0.1:" + guarded.port() + "/#/account/manifest%3Acam");
            browser.awaitText("#history-state", "enter the edge's token");
            browser.awaitText("#account-state", "enter the edge's token");
            browser.awaitText("#sessions", "not shown");
            assertThat(browser.texts("data")).isEmpty();
            browser.isAccessible("asked for the token");
            browser.picture("token-light");

            browser.find("#token").sendKeys(TOKEN, Keys.ENTER);

            browser.awaitText("#history", "9\u2009007");
            browser.awaitText("#account-sums", "123\u2009456");
            // A browser notes each refusal in its console
            assertThat(browser.errors()).isNotEmpty().allMatch(e -> e.contains("401"));
            browser.leave();
        }
    }

    @Test
    @Order(9)
    void saysThatTheJobIsSilentAndThatTheEdgeIsGone() throws Exception {
        open("");
        browser.awaitText("#health", "ready");

        // When the job falls silent
        deployment.fallSilent();

        // Then the page says so, and is still right
        browser.awaitText("#health", "job silent");
        browser.awaitText("#banner", "has been silent since");
        browser.awaitText("#job-part", "Silent since");
        assertThat(browser.attributes("#health", "data-state")).containsExactly("bad");
        for (boolean dark : List.of(false, true)) {
            browser.dark(dark);
            browser.isAccessible("silent job");
            browser.picture("silent" + (dark ? "-dark" : "-light"));
        }
        assertThat(browser.errors()).isEmpty();

        // When the edge goes, too
        edge.close();

        // Then it says that, and that what it shows is old
        browser.awaitText("#health", "no connection");
        assertThat(browser.text("#banner"))
                .contains("does not answer. Check that it runs", "What is shown is from");
        Browser.pause(Duration.ofSeconds(1));
        browser.isAccessible("no connection");
        browser.picture("gone-dark");
    }
}
