import com.example.hakbeon.client.ApiClient;
import com.example.hakbeon.client.ApiException;
import com.example.hakbeon.client.api.ExamsApi;
import com.example.hakbeon.client.api.ExamsApi.APIGetBatchRequest;
import com.example.hakbeon.client.api.ExamsApi.APIListExamsRequest;
import com.example.hakbeon.client.api.ExamsApi.APIPostJobRequest;
import com.example.hakbeon.client.api.RostersApi;
import com.example.hakbeon.client.api.RostersApi.APIGetRosterRequest;
import com.example.hakbeon.client.api.RostersApi.APIUploadRosterRequest;
import com.example.hakbeon.client.api.SheetsApi;
import com.example.hakbeon.client.api.SheetsApi.APIExtractStudentIdRequest;
import com.example.hakbeon.client.model.BatchAnswer;
import com.example.hakbeon.client.model.ErrorModel;
import com.example.hakbeon.client.model.ExamListed;
import com.example.hakbeon.client.model.Extracted;
import com.example.hakbeon.client.model.JobAnswer;
import com.example.hakbeon.client.model.PostJobRequest;
import com.example.hakbeon.client.model.RecognizeJob;
import com.example.hakbeon.client.model.Result;
import com.example.hakbeon.client.model.RosterAnswer;
import java.io.File;
import java.util.List;

/** Drives a client that OpenAPI Generator made of /openapi.json, as a backend would: URL KEY ROSTER SHEET. */
class GeneratedClient {
    public static void main(String[] args) throws Exception {
        String url = args[0];
        String key = args[1];
        File roster = new File(args[2]);
        File sheet = new File(args[3]);

        // Without a key the answer is an error with its own type.
        try {
            new RostersApi(at(url)).getRoster(APIGetRosterRequest.newBuilder().examCode("E").build());
            throw new AssertionError("an answer without a key");
        } catch (ApiException e) {
            ErrorModel refused = at(url).getObjectMapper().readValue(e.getResponseBody(), ErrorModel.class);
            check(e.getCode() == 401 && refused.getStatus() == 401 && !refused.getSuccess().getValue(), refused);
        }
        ApiClient client = at(url).setRequestInterceptor(request -> request.header("X-API-Key", key));
        RostersApi rosters = new RostersApi(client);
        SheetsApi sheets = new SheetsApi(client);
        ExamsApi exams = new ExamsApi(client);

        RosterAnswer answer = rosters.uploadRoster(APIUploadRosterRequest.newBuilder()._file(roster).examCode("E").build());
        check(answer.getSuccess(), answer);

        Extracted read = sheets.extractStudentId(APIExtractStudentIdRequest.newBuilder().image(sheet).examCode("E").build());
        check(read.getSuccess() && !read.getMeta().getS3Keys().getOriginal().isEmpty(), read);

        RecognizeJob job = new RecognizeJob().examCode("E").keys(List.of(read.getSheetKey())).batchId("again");
        JobAnswer begun = exams.postJob(APIPostJobRequest.newBuilder().postJobRequest(new PostJobRequest(job)).build());
        check(begun.getSuccess() && begun.getBatchId().equals("again"), begun);

        BatchAnswer batch = null;
        for (int tries = 0; tries < 120 && (batch == null || batch.getStatus() != BatchAnswer.StatusEnum.COMPLETED); tries++) {
            Thread.sleep(500);
            try {
                batch = exams.getBatch(APIGetBatchRequest.newBuilder().examCode("E").batchId("again").build());
            } catch (ApiException e) {
                check(e.getCode() == 404, e); // no worker has taken it yet
            }
        }
        Result result = batch.getSheets().get(0);
        check(batch.getSummary().getMatched() == 1 && result.getFinal(), batch);

        List<ExamListed> listed = exams.listExams(APIListExamsRequest.newBuilder().build()).getExams();
        check(listed.size() == 1 && listed.get(0).getExamCode().equals("E"), listed);
        System.out.println(client.getObjectMapper().writeValueAsString(
                List.of(read.getStudentId(), result.getStudentId(), result.getStatus().getValue())));
    }

    private static ApiClient at(String url) {
        ApiClient client = new ApiClient();
        client.updateBaseUri(url);
        return client;
    }

    private static void check(boolean holds, Object what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
