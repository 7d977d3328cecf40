package org.livepeer.flink.connectors.ethereum.settle;

import java.math.BigInteger;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.livepeer.flink.operators.ticket.EthAddress;

/** An order's arguments. */
final class Arguments {
    private static final int MOST_TEXT = 1_000;
    private static final int WHOLE = 1_000_000;

    private final Map<String, String> given;

    /**
     * @param given without flaw
     */
    Arguments(Map<String, String> given) {
        this.given = given;
    }

    /** What an argument may be. */
    enum Kind {
        AMOUNT("a number in the smallest unit, such as wei") {
            @Override
            boolean fits(String text) {
                return isNumber(text);
            }
        },
        SOME("a number above 0 in the smallest unit, such as wei") {
            @Override
            boolean fits(String text) {
                return isNumber(text) && new BigInteger(text).signum() > 0;
            }
        },
        NUMBER("a number") {
            @Override
            boolean fits(String text) {
                return isNumber(text);
            }
        },
        PARTS("parts of 1000000, 0 to 1000000") {
            @Override
            boolean fits(String text) {
                return isUpTo(text, WHOLE);
            }
        },
        CHOICE("0 for yes or 1 for no") {
            @Override
            boolean fits(String text) {
                return isUpTo(text, 1);
            }
        },
        SUPPORT("0 against, 1 for or 2 to abstain") {
            @Override
            boolean fits(String text) {
                return isUpTo(text, 2);
            }
        },
        ADDRESS("0x and 40 hex digits, whose capitals are a checksum, or none") {
            @Override
            boolean fits(String text) {
                return text.matches("0x[0-9a-fA-F]{40}")
                        && !EthAddress.parse(text).isZero()
                        && (text.substring(2).equals(text.substring(2).toLowerCase(Locale.ROOT))
                                || EthAddress.parse(text).toString().equals(text));
            }
        },
        SERVICE_URI("an http or https address with a host, such as https://host:8935") {
            @Override
            boolean fits(String text) {
                try {
                    URI uri = URI.create(text);
                    return text.length() <= MOST_TEXT
                            && uri.getHost() != null
                            && String.valueOf(uri.getScheme()).startsWith("http");
                } catch (IllegalArgumentException e) {
                    return false;
                }
            }
        },
        TEXT("a text of at most 1000 characters") {
            @Override
            boolean fits(String text) {
                return text.length() <= MOST_TEXT;
            }
        };

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        abstract boolean fits(String text);

        boolean isAmount() {
            return this == AMOUNT || this == SOME;
        }

        /** Its name, and what it is. */
        String explained() {
            return this + ": " + words;
        }

        private static boolean isNumber(String text) {
            return text.matches("[0-9]{1,78}") && new BigInteger(text).bitLength() <= 256;
        }

        private static boolean isUpTo(String text, long most) {
            return isNumber(text) && new BigInteger(text).compareTo(BigInteger.valueOf(most)) <= 0;
        }
    }

    /** An argument that an action takes. */
    record Parameter(String name, Kind kind, boolean isNeeded) {
        static Parameter needed(String name, Kind kind) {
            return new Parameter(name, kind, true);
        }

        static Parameter optional(String name, Kind kind) {
            return new Parameter(name, kind, false);
        }
    }

    /** What is wrong with arguments; empty when nothing is. */
    static Optional<String> flaw(List<Parameter> parameters, Map<String, String> given) {
        for (Parameter each : parameters) {
            String text = given.get(each.name());
            if (text == null ? each.isNeeded() : !each.kind().fits(text)) {
                return Optional.of(
                        each.name()
                                + (text == null ? " is needed: " : " must be ")
                                + each.kind().words);
            }
        }
        List<String> names = parameters.stream().map(Parameter::name).toList();
        return given.keySet().stream()
                .filter(name -> !names.contains(name))
                .sorted()
                .findFirst()
                .map(name -> "there is no argument " + name + ", only " + names);
    }

    boolean has(String name) {
        return given.containsKey(name);
    }

    String text(String name) {
        String text = given.get(name);
        if (text == null) {
            throw new IllegalArgumentException(name + " is needed");
        }
        return text;
    }

    BigInteger number(String name) {
        return new BigInteger(text(name));
    }

    /** 0 when it is not given. */
    BigInteger amount(String name) {
        return has(name) ? number(name) : BigInteger.ZERO;
    }

    EthAddress address(String name) {
        return EthAddress.parse(text(name));
    }
}
