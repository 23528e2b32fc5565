/** Sample campaigns after those that the founding plan names (II.7, III). Numbers of documents are plainly samples. */
import { EMPTY_RULE, type AudienceRule } from '../../units/index.js';

/** Days are working days from the day of seeding; null: there is no such report. */
export interface SampleCampaign {
  readonly code: string;
  readonly name: string;
  readonly slogan: string;
  readonly form: 'thuong-xuyen' | 'chuyen-de';
  readonly goal: string;
  readonly targets: string;
  readonly scope: string;
  readonly content: string;
  readonly criteria: string;
  readonly measures: string;
  readonly plan: string;
  readonly awards: string;
  readonly participants: AudienceRule;
  readonly docNumber: string;
  readonly launched: number;
  readonly registration: number;
  readonly midterm: number | null;
  readonly final: number;
}

const everybody: AudienceRule = { ...EMPTY_RULE, levels: ['tinh', 'xa', 'co-so'] };
const AWARDS =
  'Giấy khen của thủ trưởng đơn vị; đề nghị Bằng khen của Chủ tịch UBND tỉnh với tập thể, cá nhân tiêu biểu (mẫu).';

export const CAMPAIGNS: readonly SampleCampaign[] = [
  {
    code: 'PT-BACHO',
    name: 'Học tập và làm theo tấm gương đạo đức Hồ Chí Minh',
    slogan: 'Mỗi tuần một việc tốt',
    form: 'thuong-xuyen',
    goal: 'Đưa việc học tập và làm theo Bác thành nền nếp hằng ngày ở từng cơ quan, đơn vị.',
    targets: 'Mỗi đơn vị giới thiệu ít nhất 01 gương người tốt, việc tốt mỗi tháng.',
    scope: 'Toàn tỉnh',
    content: 'Mỗi cá nhân đăng ký một việc làm theo cụ thể; mỗi tập thể chọn một việc khó để làm dứt điểm.',
    criteria: 'Có đăng ký, có kết quả kiểm đếm được, có gương được nhân rộng.',
    measures: 'Sinh hoạt chuyên đề; phát hiện gương từ cơ sở; kiểm tra giữa kỳ; nêu gương kịp thời.',
    plan: 'Đăng ký đầu năm, sơ kết giữa kỳ, tổng kết cuối năm.',
    awards: AWARDS,
    participants: everybody,
    docNumber: '01/KH-MẪU',
    launched: -210,
    registration: -190,
    midterm: -2,
    final: 25,
  },
  {
    code: 'PT-NTM',
    name: 'Cả nước chung sức xây dựng nông thôn mới',
    slogan: 'Chung sức vì làng quê đáng sống',
    form: 'chuyen-de',
    goal: 'Huy động sức dân và các cấp, các ngành xây dựng nông thôn mới, đô thị văn minh.',
    targets: 'Mỗi xã, phường hoàn thành ít nhất 01 công trình do dân bàn, dân làm; mỗi sở giúp 01 địa bàn.',
    scope: 'Các sở và các xã, phường',
    content: 'Đường làng sạch, nhà văn hóa sáng đèn, môi trường xanh; hỗ trợ hộ khó khăn.',
    criteria: 'Công trình hoàn thành, số hộ tham gia, kinh phí huy động công khai.',
    measures: 'Giao ước giữa các xã, phường; sở, ngành đỡ đầu; báo, đài tuyên truyền.',
    plan: 'Đăng ký, sơ kết, tổng kết theo năm.',
    awards: AWARDS,
    participants: { ...EMPTY_RULE, types: ['so', 'phuong', 'xa'] },
    docNumber: '02/KH-MẪU',
    launched: -170,
    registration: -150,
    midterm: -60,
    final: 5,
  },
  {
    code: 'PT-BIENDAO',
    name: 'Hướng về biển, đảo quê hương',
    slogan: 'Một việc làm vì biển, đảo',
    form: 'chuyen-de',
    goal: 'Nâng cao hiểu biết và góp sức bằng việc làm cụ thể vì biển, đảo quê hương.',
    targets: 'Mỗi đơn vị thực hiện ít nhất 01 việc làm thiết thực trong đợt thi đua.',
    scope: 'Toàn tỉnh',
    content: 'Thư, quà và sách gửi chiến sĩ; giúp gia đình có người làm nhiệm vụ ngoài đảo; tuyên truyền về chủ quyền.',
    criteria: 'Việc làm có địa chỉ nhận, có xác nhận, có người tham gia.',
    measures: 'Đăng ký việc làm; đoàn thể nòng cốt; báo kết quả theo đợt.',
    plan: 'Đăng ký trong 8 ngày làm việc, sơ kết sau 3 tháng, tổng kết sau 6 tháng.',
    awards: AWARDS,
    participants: everybody,
    docNumber: '03/KH-MẪU',
    launched: -5,
    registration: 3,
    midterm: 60,
    final: 120,
  },
  {
    code: 'PT-VANHOA',
    name: 'Toàn dân đoàn kết xây dựng đời sống văn hóa',
    slogan: 'Xóm phố nghĩa tình',
    form: 'chuyen-de',
    goal: 'Xây dựng khu dân cư đoàn kết, gia đình văn hóa, nếp sống văn minh.',
    targets: 'Mỗi xã, phường chọn ít nhất 01 thôn, tổ dân phố làm điểm.',
    scope: 'Đoàn thể và các xã, phường',
    content: 'Xây dựng thôn, xóm, khu phố văn hóa; giúp nhau giảm nghèo; giữ gìn vệ sinh, an ninh.',
    criteria: 'Có quy ước, có hộ đăng ký, có kết quả bình xét công khai.',
    measures: 'Mặt trận và đoàn thể vận động; tự quản ở khu dân cư; bình xét cuối kỳ.',
    plan: 'Đăng ký, tổng kết cuối kỳ.',
    awards: AWARDS,
    participants: { ...EMPTY_RULE, types: ['doan-the', 'phuong', 'xa'] },
    docNumber: '04/KH-MẪU',
    launched: -12,
    registration: 0,
    midterm: null,
    final: 40,
  },
];
