package com.example.hakbeon;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the example leaves to its reader: a database with its tables, and a look at what is stored. */
@SpringBootApplication
public class Application {
    public static void main(String[] args) {
        SpringApplication.run(Application.class, args);
    }

    @Bean(destroyMethod = "close")
    EmbeddedPostgres postgres() throws IOException {
        return EmbeddedPostgres.start();
    }

    @Bean
    DataSource dataSource(EmbeddedPostgres postgres, @Value("${tables}") String tables) {
        DataSource source = postgres.getPostgresDatabase();
        new JdbcTemplate(source).execute(tables);
        return source;
    }

    @RestController
    static class Look {
        private final JdbcTemplate jdbc;

        Look(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @GetMapping("/students")
        List<String> students() {
            return jdbc.queryForList("SELECT student_id FROM webhook_sheet", String.class);
        }
    }
}
