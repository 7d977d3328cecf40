package org.livepeer.flink.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * Debian's Chromium through its driver, without a window. It resolves no name and downloads
 * nothing: the driver and the browser are those that are installed.
 */
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<Path> BROWSERS =
            List.of(Path.of("/usr/bin/chromium"), Path.of("/usr/bin/google-chrome"));
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final String AXE =
            "const done = arguments[arguments.length - 1];"
                    + "axe.run(document, {resultTypes: ['violations']}).then(found => done("
                    + "found.violations.flatMap(v => v.nodes.map(n => v.id + ' ' + n.target + ': '"
                    + " + n.failureSummary))), failure => done(['axe failed: ' + failure]))";

    private final ChromeDriver driver;

    Browser() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(installed().orElseThrow().toFile());
        options.addArguments(
                "--headless=new",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--lang=en-GB",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");
        if (System.getProperty("user.name").equals("root")) {
            options.addArguments("--no-sandbox");
        }
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        driver =
                new ChromeDriver(
                        new ChromeDriverService.Builder()
                                .usingDriverExecutable(DRIVER.toFile())
                                .build(),
                        options);
        driver.manage().timeouts().scriptTimeout(PATIENCE);
    }

    private static Optional<Path> installed() {
        return BROWSERS.stream().filter(Files::isExecutable).findFirst();
    }

    /** What is not installed; empty when nothing is missing. */
    static Optional<String> missing() {
        String missing =
                installed().isEmpty()
                        ? "no browser at any of " + BROWSERS
                        : Files.isExecutable(DRIVER) ? "" : "no driver at " + DRIVER;
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(missing + ": apt-get install chromium chromium-driver");
    }

    void open(String url) {
        leave();
        driver.get(url);
    }

    /** Away from the page, which asks its edge no more. */
    void leave() {
        driver.get("about:blank");
    }

    /** A page of this size, with the touch screen of a phone when it is narrow. */
    void size(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        width,
                        "height",
                        height,
                        "deviceScaleFactor",
                        1,
                        "mobile",
                        width < 600));
    }

    void dark(boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of(
                                        "name",
                                        "prefers-color-scheme",
                                        "value",
                                        dark ? "dark" : "light"),
                                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    String text(String css) {
        return String.valueOf(
                run(
                        "const found = document.querySelector(arguments[0]);"
                                + "return found ? found.innerText : ''",
                        css));
    }

    List<String> texts(String css) {
        return ((List<?>)
                        run(
                                "return [...document.querySelectorAll(arguments[0])].map(n =>"
                                        + " n.innerText)",
                                css))
                .stream().map(String::valueOf).toList();
    }

    List<String> attributes(String css, String name) {
        return ((List<?>)
                        run(
                                "return [...document.querySelectorAll(arguments[0])].map(n =>"
                                        + " n.getAttribute(arguments[1]))",
                                css,
                                name))
                .stream().map(String::valueOf).toList();
    }

    double number(String script) {
        return ((Number) run(script)).doubleValue();
    }

    WebElement find(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    void press(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    void awaitText(String css, String part) {
        await("'" + part + "' in " + css, () -> text(css).contains(part));
    }

    void await(String what, BooleanSupplier happened) {
        long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
        while (!happened.getAsBoolean()) {
            if (System.nanoTime() > giveUpAt) {
                fail("never came: %s; the page says:%n%s", what, text("body"));
            }
            pause(Duration.ofMillis(100));
        }
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Nothing that axe finds wrong, and no sideways scrolling. */
    void isAccessible(String where) {
        if (!Boolean.TRUE.equals(run("return 'axe' in window"))) {
            run(script() + ";window.axe = axe");
        }
        assertThat((List<?>) driver.executeAsyncScript(AXE)).as(where).isEmpty();
        assertThat(number("return document.documentElement.scrollWidth"))
                .as("width of the page, %s", where)
                .isLessThanOrEqualTo(number("return innerWidth"));
    }

    private static String script() {
        try (InputStream in = Browser.class.getResourceAsStream("/axe.min.js")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("axe cannot be read", e);
        }
    }

    /** What went wrong since the last look. */
    List<String> errors() {
        Stream<LogEntry> entries = driver.manage().logs().get(LogType.BROWSER).getAll().stream();
        return entries.filter(e -> e.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    /** A picture of the whole page, when -Dlivepeer.screenshots=DIR asks for some. */
    void picture(String name) throws IOException {
        String folder = System.getProperty("livepeer.screenshots");
        if (folder == null) {
            return;
        }
        Map<String, Object> clip =
                Map.of(
                        "x", 0,
                        "y", 0,
                        "width", number("return innerWidth"),
                        "height", number("return document.documentElement.scrollHeight"),
                        "scale", 1);
        Map<String, Object> shot =
                driver.executeCdpCommand(
                        "Page.captureScreenshot",
                        Map.of("captureBeyondViewport", true, "clip", clip));
        Files.createDirectories(Path.of(folder));
        Files.write(
                Path.of(folder, name + ".png"),
                OutputType.BYTES.convertFromBase64Png((String) shot.get("data")));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
