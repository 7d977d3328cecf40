package org.livepeer.flink.operators.ledger;

import org.livepeer.flink.operators.money.Fraction;

/**
 * @param perPixel wei per pixel
 * @param source command that set it, or "option"
 */
public record PriceQuote(Fraction perPixel, String source) {}
