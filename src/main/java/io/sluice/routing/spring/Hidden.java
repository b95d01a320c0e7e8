package io.sluice.routing.spring;

import java.lang.reflect.Field;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Spring's predicates keep to themselves. Every answer may be missing, as the framework
 * owes none of it; the caller then knows less of the route and tests it more often. Thread-safe.
 */
final class Hidden {

    private static final ConcurrentMap<Key, Optional<Field>> FIELDS = new ConcurrentHashMap<>();

    private record Key(Class<?> owner, String name, Class<?> type) {}

    private Hidden() {}

    /** The field of this name, declared by this class. */
    static @Nullable Object named(Object object, Class<?> owner, String name) {
        Key key = new Key(owner, name, Object.class);
        return value(object, FIELDS.computeIfAbsent(key, Hidden::findNamed));
    }

    /** The one field of this type that the object's own class declares: a captured variable. */
    static <T> @Nullable T captured(Object object, Class<T> type) {
        Key key = new Key(object.getClass(), "", type);
        Object value = value(object, FIELDS.computeIfAbsent(key, Hidden::findOfType));
        return type.isInstance(value) ? type.cast(value) : null;
    }

    private static @Nullable Object value(Object object, Optional<Field> field) {
        try {
            return field.isPresent() ? field.get().get(object) : null;
        } catch (IllegalAccessException e) {
            return null;
        }
    }

    private static Optional<Field> findNamed(Key key) {
        try {
            return opened(key.owner().getDeclaredField(key.name()));
        } catch (NoSuchFieldException e) {
            return Optional.empty();
        }
    }

    private static Optional<Field> findOfType(Key key) {
        Field found = null;
        for (Field field : key.owner().getDeclaredFields()) {
            if (key.type().isAssignableFrom(field.getType())) {
                if (found != null) {
                    return Optional.empty();
                }
                found = field;
            }
        }
        return found == null ? Optional.empty() : opened(found);
    }

    private static Optional<Field> opened(Field field) {
        return field.trySetAccessible() ? Optional.of(field) : Optional.empty();
    }
}
