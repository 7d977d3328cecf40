package org.livepeer.flink.operators.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.hash.Keccak256;

/** Two implementations of one curve, held against each other. */
class CurvesTest {
    private static final int WORD = 32;
    private static final byte[] ORDER =
            HexFormat.of()
                    .parseHex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    private final Secp256k1 here = new NativeCurve();
    private final Secp256k1 slow = new BouncyCurve();
    private final Random random = new Random(20261126);

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void theNativeOneIsTakenWhereItLoads() {
        assertThat(Curves.best()).isInstanceOf(NativeCurve.class);
    }

    @Test
    void bothSignAlikeAndFindTheSameAccount() {
        for (int i = 0; i < 300; i++) {
            byte[] key = bytes(WORD);
            byte[] digest = bytes(WORD);
            byte[] signature = here.sign(digest, key);

            assertThat(slow.sign(digest, key)).isEqualTo(signature);
            assertThat(slow.address(key)).isEqualTo(here.address(key));
            byte[] rs = Arrays.copyOf(signature, 2 * WORD);
            assertThat(here.recover(digest, rs, signature[2 * WORD])).contains(here.address(key));
        }
    }

    @Test
    void bothSayTheSameOfDamagedSignatures() {
        int found = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] digest = bytes(WORD);
            byte[] rs = Arrays.copyOf(here.sign(digest, bytes(WORD)), 2 * WORD);
            switch (i % 6) {
                case 0 -> rs[random.nextInt(rs.length)] ^= (byte) (1 << random.nextInt(8));
                case 1 -> Arrays.fill(rs, 0, WORD, (byte) 0);
                case 2 -> Arrays.fill(rs, WORD, 2 * WORD, (byte) 0);
                case 3 -> System.arraycopy(ORDER, 0, rs, 0, WORD);
                case 4 -> rs[WORD] |= (byte) 0x80;
                default -> Arrays.fill(rs, random.nextBoolean() ? 0 : WORD, WORD, (byte) 0xff);
            }
            for (int recovery = 0; recovery < 2; recovery++) {
                Optional<EthAddress> account = here.recover(digest, rs, recovery);
                assertThat(slow.recover(digest, rs, recovery)).as("case %d", i).isEqualTo(account);
                found += account.isPresent() ? 1 : 0;
            }
        }
        assertThat(found).as("some are still signatures, of somebody else").isPositive();
    }

    @Test
    void noKeyIsNoKey() {
        for (Secp256k1 curve : List.of(here, slow)) {
            for (byte[] key : List.of(new byte[WORD], ORDER, new byte[WORD - 1], new byte[0])) {
                assertThatThrownBy(() -> curve.address(key))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> curve.sign(new byte[WORD], key))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    /** As a TaskManager does with a job's classes: new ones for each start. */
    @Test
    void twentyClassLoadersLoadItAndGo() throws Exception {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            loaders.add(new WeakReference<>(loadedApart()));
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (alive(loaders) > 1 && System.nanoTime() < end) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(alive(loaders)).as("class loaders that something holds").isLessThanOrEqualTo(1);
    }

    private static long alive(List<WeakReference<ClassLoader>> loaders) {
        return loaders.stream().filter(loader -> loader.get() != null).count();
    }

    private static ClassLoader loadedApart() throws Exception {
        ClassLoader loader = new JobClasses();
        Class<?> curves = loader.loadClass(Curves.class.getName());
        Object best = curves.getMethod("best").invoke(null);
        assertThat(best.getClass().getClassLoader()).isSameAs(loader);
        assertThat(best.getClass().getSimpleName()).isEqualTo("NativeCurve");
        Method address =
                loader.loadClass(Secp256k1.class.getName()).getMethod("address", byte[].class);
        byte[] key = Keccak256.of(new byte[] {1});
        assertThat(address.invoke(best, (Object) key))
                .hasToString(new BouncyCurve().address(key).toString());
        return loader;
    }

    /** The classes that come with a job are its own, all others the TaskManager's. */
    private static final class JobClasses extends URLClassLoader {
        private static final List<String> OWN =
                List.of("org.livepeer.", "fr.acinq.", "kotlin.", "org.bouncycastle.");

        JobClasses() throws MalformedURLException {
            super(path(), JobClasses.class.getClassLoader());
        }

        private static URL[] path() throws MalformedURLException {
            List<URL> path = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                path.add(Path.of(entry).toUri().toURL());
            }
            return path.toArray(URL[]::new);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (OWN.stream().anyMatch(name::startsWith)) {
                    Class<?> loaded = findLoadedClass(name);
                    return loaded == null ? findClass(name) : loaded;
                }
                return super.loadClass(name, resolve);
            }
        }
    }
}
