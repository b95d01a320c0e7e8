package io.sluice.routing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Tells regular expressions that a client can make run without end (CWE-1333): they are tried, as a
 * whole and each of their repeated groups alone, on short texts that match almost, and the reads of
 * characters are counted. What needs the fourth power of a text's length, or more, is found; that a
 * pattern is not found is no proof. Stateless.
 */
public final class SlowPattern {

    private static final int TEXT_LENGTH = 32;
    private static final int MOST_READS = 500_000;
    private static final int MOST_LETTERS = 16;

    /** In no text, so that every way to match a group has to be tried. */
    private static final char NEVER = '\u0002';

    private static final char LAST = '\u0001';

    private SlowPattern() {}

    /** Whether a text of a few characters can keep this busy; false for what is no pattern. */
    public static boolean explodes(String regex) {
        List<String> texts = texts(regex);
        if (explodes(regex, texts)) {
            return true;
        }
        return repeatedGroups(regex).stream().anyMatch(group -> explodes(group + NEVER, texts));
    }

    private static boolean explodes(String regex, List<String> texts) {
        try {
            Pattern pattern = Pattern.compile(regex);
            for (String text : texts) {
                pattern.matcher(new CountedText(text)).matches();
                pattern.matcher(new CountedText(text)).lookingAt();
            }
            return false;
        } catch (PatternSyntaxException noPattern) {
            return false;
        } catch (TooManyReadsException endless) {
            return true;
        }
    }

    /** Each letter that the pattern names many times, and all of them in turn. */
    private static List<String> texts(String regex) {
        Set<Character> letters = new LinkedHashSet<>();
        for (char c : regex.toCharArray()) {
            if (Character.isLetterOrDigit(c) && letters.size() < MOST_LETTERS) {
                letters.add(c);
            }
        }
        StringBuilder inTurn = new StringBuilder();
        letters.forEach(inTurn::append);
        letters.addAll(List.of('a', '0', ' ', '/', '-', '.', ','));
        List<String> texts = new ArrayList<>();
        letters.forEach(letter -> texts.add(letter.toString().repeat(TEXT_LENGTH) + LAST));
        if (!inTurn.isEmpty()) {
            texts.add(inTurn.toString().repeat(TEXT_LENGTH).substring(0, TEXT_LENGTH) + LAST);
        }
        return texts;
    }

    private static List<String> repeatedGroups(String regex) {
        List<String> groups = new ArrayList<>();
        Deque<Integer> open = new ArrayDeque<>();
        int brackets = 0;
        for (int i = 0; i < regex.length(); i++) {
            char c = regex.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '[') {
                brackets++;
            } else if (c == ']') {
                brackets = Math.max(0, brackets - 1);
            } else if (brackets == 0 && c == '(') {
                open.push(i);
            } else if (brackets == 0 && c == ')' && !open.isEmpty()) {
                int from = open.pop();
                int to = endOfRepeat(regex, i + 1);
                if (to > i + 1) {
                    groups.add(regex.substring(from, to));
                }
            }
        }
        return groups;
    }

    private static int endOfRepeat(String regex, int from) {
        if (from >= regex.length()) {
            return from;
        }
        char c = regex.charAt(from);
        if (c == '*' || c == '+') {
            return from + 1;
        }
        int brace = c == '{' ? regex.indexOf('}', from) : -1;
        return brace < 0 ? from : brace + 1;
    }

    private static final class CountedText implements CharSequence {

        private final String text;
        private int reads;

        CountedText(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++reads > MOST_READS) {
                throw new TooManyReadsException();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final class TooManyReadsException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TooManyReadsException() {
            super(null, null, false, false);
        }
    }
}
