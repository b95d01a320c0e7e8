package io.sluice.manage.spring;

import io.sluice.settings.SettingException;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.env.Environment;

/** Refuses to start with the management endpoints on the traffic port (contract, section 1). */
final class ManagementPortCheck implements InitializingBean {

    private final Environment environment;

    ManagementPortCheck(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void afterPropertiesSet() {
        Integer management = environment.getProperty("management.server.port", Integer.class);
        Integer traffic = environment.getProperty("server.port", Integer.class, 8080);
        if (management == null || (management != 0 && management.equals(traffic))) {
            throw new SettingException(
                    "management.server.port", management, "another port than server.port");
        }
    }
}
